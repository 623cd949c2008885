"""
The names of what is sent; docs/operations/observability.md says what each is good for.

Those of OpenTelemetry are its semantic conventions: https://opentelemetry.io/docs/specs/semconv/gen-ai,
whose package still calls them provisional. The rest is ours.
"""

from __future__ import annotations

REQUEST_ID = "qfa.request_id"
TENANT_ID = "qfa.tenant_id"
OPERATION = "qfa.operation"
TASK = "qfa.task"
COST_USD = "qfa.cost_usd"
# The class of an error of ours. Application Insights leaves out `error.type`, the standard's name for it.
ERROR = "qfa.error"
ERROR_CODE = "qfa.error_code"
SIGNAL = "qfa.signal"
ERROR_TYPE = "error.type"

GEN_AI_OPERATION = "gen_ai.operation.name"
GEN_AI_PROVIDER = "gen_ai.provider.name"
GEN_AI_SYSTEM = "gen_ai.system"  # its older name, by which Application Insights tells calls to models apart
GEN_AI_REQUEST_MODEL = "gen_ai.request.model"
GEN_AI_RESPONSE_MODEL = "gen_ai.response.model"
GEN_AI_INPUT_TOKENS = "gen_ai.usage.input_tokens"
GEN_AI_OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
GEN_AI_FINISH_REASONS = "gen_ai.response.finish_reasons"
GEN_AI_TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105 - the name of an attribute

HTTP_METHOD = "http.request.method"
HTTP_ROUTE = "http.route"
HTTP_STATUS = "http.response.status_code"

DB_SYSTEM = "db.system.name"
DB_OPERATION = "db.operation.name"
DB_BATCH_SIZE = "db.operation.batch.size"

LLM_DURATION = "gen_ai.client.operation.duration"
LLM_TOKENS = "gen_ai.client.token.usage"
LLM_COST = "qfa.llm.cost"
REQUEST_DURATION = "http.server.request.duration"
USAGE_WAITING = "qfa.usage.waiting"
USAGE_LOST = "qfa.usage.lost"
TELEMETRY_LOST = "qfa.telemetry.lost"
