"""The LLM client that tells of another's calls."""

from __future__ import annotations

import time

from opentelemetry.metrics import Meter
from opentelemetry.trace import Span, SpanKind, Tracer

from qfa_adapters.telemetry import names
from qfa_adapters.telemetry.spans import Value, error_name, set_facts, span_of
from qfa_core.budget import RequestContext
from qfa_core.llm import LLMReply, Prompt
from qfa_core.ports.llm_client import LLMClient

# The conventions' names of providers, by the prefixes of LLM_MODEL; others go by their prefix.
_PROVIDERS = {"azure": "azure.ai.openai", "azure_ai": "azure.ai.inference", "mistral": "mistral_ai"}
_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)


class LLMMeters:
    """What is measured over all LLM calls."""

    def __init__(self, meter: Meter) -> None:
        self.duration = meter.create_histogram(
            names.LLM_DURATION,
            unit="s",
            description="How long LLM calls took, with their waits and retries.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self.tokens = meter.create_histogram(
            names.LLM_TOKENS,
            unit="{token}",
            description="Tokens that LLM calls took.",
            explicit_bucket_boundaries_advisory=_TOKENS,
        )
        self.cost = meter.create_counter(names.LLM_COST, unit="USD", description="What LLM calls cost.")


class TracingLLMClient(LLMClient):
    """
    Tell of every call of *client*, however it ends, and change nothing about it.

    Of the prompt only the name of its task is told, of the reply its figures; never a word of either.
    """

    def __init__(self, client: LLMClient, tracer: Tracer, meters: LLMMeters) -> None:
        self._client = client
        self._tracer = tracer
        self._meters = meters

    @property
    def model(self) -> str:
        return self._client.model

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        model = self.model
        provider = model.partition("/")[0]
        dimensions: dict[str, str] = {
            names.GEN_AI_OPERATION: "chat",
            names.GEN_AI_PROVIDER: _PROVIDERS.get(provider, provider),
            names.GEN_AI_REQUEST_MODEL: model,
            names.OPERATION: context.operation,
        }
        started = time.perf_counter()
        try:
            facts = _asked(dimensions, prompt, context)
            with span_of(self._tracer, f"chat {model}", SpanKind.CLIENT, facts) as span:
                reply = await self._client.complete(prompt, context)
                _answered(span, reply)
        except BaseException as error:  # whatever ends a call is measured, and goes on rising
            dimensions[names.ERROR_TYPE] = error_name(error)
            raise
        else:
            self._measure(reply, dimensions, context.tenant_id)
            return reply
        finally:
            self._meters.duration.record(time.perf_counter() - started, dimensions)

    def _measure(self, reply: LLMReply, dimensions: dict[str, str], tenant_id: str) -> None:
        dimensions[names.GEN_AI_RESPONSE_MODEL] = reply.model
        for kind, tokens in (("input", reply.input_tokens), ("output", reply.output_tokens)):
            if tokens is not None:
                self._meters.tokens.record(tokens, {**dimensions, names.GEN_AI_TOKEN_TYPE: kind})
        if reply.cost_usd is not None:
            self._meters.cost.add(reply.cost_usd, {**dimensions, names.TENANT_ID: tenant_id})


def _asked(dimensions: dict[str, str], prompt: Prompt, context: RequestContext) -> dict[str, Value]:
    return {
        **dimensions,
        names.GEN_AI_SYSTEM: dimensions[names.GEN_AI_PROVIDER],
        names.REQUEST_ID: context.request_id,
        names.TENANT_ID: context.tenant_id,
        names.TASK: prompt.task,
    }


def _answered(span: Span, reply: LLMReply) -> None:
    set_facts(
        span,
        {
            names.GEN_AI_RESPONSE_MODEL: reply.model,
            names.GEN_AI_INPUT_TOKENS: reply.input_tokens,
            names.GEN_AI_OUTPUT_TOKENS: reply.output_tokens,
            names.GEN_AI_FINISH_REASONS: [reply.finish],
            names.COST_USD: reply.cost_usd,
        },
    )
