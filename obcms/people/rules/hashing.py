"""How passwords and recovery codes are hashed: so slowly that a stolen hash is no use."""

# Of scrypt (RFC 7914): 32 MB and some 60 ms for each try.
COST, BLOCK, PARALLEL = 2**15, 8, 1


def password_method() -> str:
    """The same in Werkzeug's words."""
    return f"scrypt:{COST}:{BLOCK}:{PARALLEL}"
