"""Which version of the documents this is: fields are added under it, none renamed or removed."""

from __future__ import annotations

from typing import Literal

Schema = Literal["configure587/1"]
