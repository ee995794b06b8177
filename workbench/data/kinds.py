"""Kinds of words that a hard negative exchanges: what of a clip they are about."""

from __future__ import annotations

APPEARANCE = ("sprite", "colour", "size", "texture")
MOTION = ("first", "second", "event", "drift", "order", "reversal")
KINDS = (*APPEARANCE, *MOTION)
