"""Cases: the register of inquiries, their parts, steps, who could do them, drawings and dates."""
