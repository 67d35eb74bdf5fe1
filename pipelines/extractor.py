"""By what the extractor is told from others: its name, its version, its settings."""

from __future__ import annotations

import hashlib
import json

import trafilatura

from pipelines.classifier.trafilatura_reading import READING
from pipelines.classifier.trees import weights_text

EXTRACTOR = "backissue"
EXTRACTOR_VERSION = f"0.5.0+trafilatura-{trafilatura.__version__}"
_CONFIG = json.dumps(READING, sort_keys=True) + weights_text()
CONFIG_DIGEST = "sha256:" + hashlib.sha256(_CONFIG.encode()).hexdigest()
"""What a text depends on beside the code: how trafilatura is asked, and the models' weights."""
