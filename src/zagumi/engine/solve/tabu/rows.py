"""Single records of shops and boards, as compiled code reads and writes them: ``node_at(board, op).head``."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel, row
from zagumi.engine.solve.tabu import records
from zagumi.engine.solve.tabu.records import Board, BoardRows, Shop, ShopRows

rules_at = row(ShopRows, "rules", records.RULES)
op_at = row(ShopRows, "ops", records.OP)
option_at = row(ShopRows, "options", records.OPTION)
before_at = row(ShopRows, "befores", records.LINK)
after_at = row(ShopRows, "afters", records.LINK)
way_at = row(ShopRows, "ways", records.WAY)
row_at = row(ShopRows, "seats", records.SEATS)
last_at = row(ShopRows, "lasts", records.ITEM)

now_at = row(BoardRows, "now", records.NOW)
node_at = row(BoardRows, "nodes", records.NODE)
order_at = row(BoardRows, "order", records.ITEM)
seat_at = row(BoardRows, "seats", records.ITEM)
line_at = row(BoardRows, "lines", records.LINE)
ban_at = row(BoardRows, "bans", records.BAN)
path_at = row(BoardRows, "path", records.ITEM)
home_at = row(BoardRows, "homes", records.HOME)
spare_at = row(BoardRows, "spare", records.ITEM)
stale_at = row(BoardRows, "stale", records.ITEM)
best_order_at = row(BoardRows, "best_order", records.ITEM)
best_option_at = row(BoardRows, "best_options", records.ITEM)


@kernel
def way(shop: Shop, from_site: int, to_site: int) -> int:
    """Minutes between two sites."""
    return int(way_at(shop, from_site * rules_at(shop, 0).site_count + to_site).minutes)


@kernel
def below(board: Board, limit: int) -> int:
    """A whole number from 0 to ``limit - 1``, from the upper bits of Knuth's linear congruential generator MMIX."""
    now = now_at(board, 0)
    now.random = now.random * 6364136223846793005 + 1442695040888963407
    return int((((now.random >> 33) & 0x7FFFFFFF) * limit) >> 31)
