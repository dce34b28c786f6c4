"""Readers of public benchmark formats, shop-floor logs and case workbooks."""
