"""Requests as EspoCRM sends them today."""

from __future__ import annotations

from typing import Any

RECORD: dict[str, Any] = {
    "id": "Form-07762",
    "content": "There is no water at the camp since Monday.",
    "metadata": {
        "created": "2024-06-01 12:00:00",
        "coding_level_1": "",
        "coding_level_2": "",
        "coding_level_3": "",
    },
}
FRAMEWORK: dict[str, Any] = {
    "root_codes": [
        {
            "id": "needs",
            "name": "Needs",
            "children": [
                {"id": "wash", "name": "Water", "children": [{"id": "none", "name": "No water"}]},
            ],
        },
        {"id": "thanks", "name": "Thanks"},
    ]
}
# One body goes to summarize, assign-codes and detect-sensitive at once.
ON_SAVING: dict[str, Any] = {
    "feedback_record": RECORD,
    "coding_levels": FRAMEWORK,
    "max_codes": 1,
    "confidence_threshold": 0.1,
}
# One body goes to analyze-bulk or to summarize-bulk.
ON_INSIGHT: dict[str, Any] = {
    "feedback_records": [RECORD, {**RECORD, "id": "", "content": " "}, {**RECORD, "id": ""}],
    "prompt": "What do people lack?",
    "output_language": "",
    "selected_method": "analyze",
    "endpoint": "/v1/analyze-bulk",
}
FOR_EACH_ANALYSIS: dict[str, dict[str, Any]] = {
    "/v1/analyze-bulk": ON_INSIGHT,
    "/v1/summarize-bulk": {**ON_INSIGHT, "prompt": ""},
    "/v1/summarize": ON_SAVING,
    "/v1/assign-codes": ON_SAVING,
    "/v1/detect-sensitive": ON_SAVING,
}
