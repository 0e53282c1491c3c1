"""What all numbers of GS1 share (GS1 General Specifications, section 7.9)."""


def check_digit(digits: str) -> str:
    """GS1's check digit for the digits before it, whatever their number: weights 3 and 1 from the right, modulo 10."""
    total = sum(map(int, digits[::-2])) * 3 + sum(map(int, digits[-2::-2]))
    return str(-total % 10)
