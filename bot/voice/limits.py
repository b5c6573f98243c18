"""How much of everything one recording may cost us."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of hearing one recording; every run of the decoder is held to them.

    Bytes for sizes, seconds for times. Processor time, memory and the ban on writing files are
    enforced by the kernel on Linux; elsewhere only wall time and the byte counts hold. The two
    `copy_` times are longer, since a copy is made of our own samples, at most `max_seconds` of
    them, and must come about on a slow machine too.
    """

    max_bytes: int = 20 * MIB
    max_seconds: int = 600
    cpu_seconds: int = 20
    wall_seconds: float = 40.0
    copy_cpu_seconds: int = 60
    copy_wall_seconds: float = 120.0
    memory: int = 1 << 30
    out_bytes: int = 16 * MIB
