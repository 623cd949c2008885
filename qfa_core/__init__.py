"""
QFA core: qualitative feedback analysis as a pure library.

The public names stand in `__all__`. Each is loaded when it is first used: asyncio alone takes half of the
60 ms that `import qfa_core` may take, and who only builds requests does not need it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qfa_core.analyst_prompt import refuse_injection
    from qfa_core.budget import Deadline, RequestContext, TokenBudget
    from qfa_core.clusters import Clustering, Embeddings
    from qfa_core.coding import AssignedCodes, Code, CodedLevel, CodePath, CodingFramework
    from qfa_core.errors import (
        AnalysisUnavailable,
        AnonymizerUnavailable,
        AuthenticationRequired,
        ClustererUnavailable,
        Conflict,
        ContentFiltered,
        DeadlineExceeded,
        EmbedderUnavailable,
        Fault,
        FeedbackTooLarge,
        Forbidden,
        InvalidInput,
        KeyStoreUnavailable,
        LLMAnswerUnusable,
        LLMError,
        LLMRateLimited,
        LLMRejected,
        LLMTimeout,
        LLMUnavailable,
        NotFound,
        PromptInjection,
        QFAError,
        SecretStoreUnavailable,
        StoreUnavailable,
        UsageStoreUnavailable,
    )
    from qfa_core.feedback import FeedbackRecord, clean_content, parse_created
    from qfa_core.insights import (
        Analysis,
        CodingTrends,
        CorpusSummary,
        FilteredRecord,
        RecordLedger,
        Sensitivity,
        SensitivityType,
        Summary,
        Theme,
        TrendCell,
    )
    from qfa_core.languages import clean_output_language
    from qfa_core.llm import LLMReply, Prompt
    from qfa_core.ports.anonymizer import Anonymizer
    from qfa_core.ports.clusterer import Clusterer
    from qfa_core.ports.embedder import Embedder
    from qfa_core.ports.key_store import KeyRegistry, KeyStore, TenantRegistry
    from qfa_core.ports.llm_client import LLMClient
    from qfa_core.ports.secret_store import SecretStore
    from qfa_core.ports.usage_store import UsageStore
    from qfa_core.pretty import pretty_analysis, pretty_corpus_summary, pretty_summary
    from qfa_core.progress import Progress
    from qfa_core.pseudonyms import EntitySpan, PseudonymisedTexts, pseudonymise, restore
    from qfa_core.requests import (
        AnalyzeRequest,
        AssignCodesRequest,
        DetectSensitiveRequest,
        SummarizeCorpusRequest,
        SummarizeRequest,
    )
    from qfa_core.secrets import Secret, StoredSecret
    from qfa_core.tenancy import ApiKey, Tenant, digest_of
    from qfa_core.trends import coding_trends
    from qfa_core.usage import (
        Distribution,
        LLMCall,
        Metrics,
        UsageBreakdown,
        UsageQuery,
        UsageReport,
        UsageTotals,
    )
    from qfa_core.use_cases.analyze import Analyze
    from qfa_core.use_cases.analyze_hierarchical import AnalyzeHierarchical
    from qfa_core.use_cases.ask import Ask
    from qfa_core.use_cases.assign_codes import AssignCodes
    from qfa_core.use_cases.authenticate import Authenticate, KnownKeys
    from qfa_core.use_cases.detect_sensitive import DetectSensitive
    from qfa_core.use_cases.follow_secrets import FollowSecrets, MalformedSecret
    from qfa_core.use_cases.llm_calls import LLMCalls
    from qfa_core.use_cases.make_first_key import MakeFirstKey
    from qfa_core.use_cases.manage_keys import ManageKeys, NewKey
    from qfa_core.use_cases.recording import RecordingLLMClient
    from qfa_core.use_cases.report_usage import ReportUsage
    from qfa_core.use_cases.summarize import Summarize, SummarizeCorpus

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "AnalysisUnavailable",
    "Analyze",
    "AnalyzeHierarchical",
    "AnalyzeRequest",
    "Anonymizer",
    "AnonymizerUnavailable",
    "ApiKey",
    "Ask",
    "AssignCodes",
    "AssignCodesRequest",
    "AssignedCodes",
    "Authenticate",
    "AuthenticationRequired",
    "Clusterer",
    "ClustererUnavailable",
    "Clustering",
    "Code",
    "CodePath",
    "CodedLevel",
    "CodingFramework",
    "CodingTrends",
    "Conflict",
    "ContentFiltered",
    "CorpusSummary",
    "Deadline",
    "DeadlineExceeded",
    "DetectSensitive",
    "DetectSensitiveRequest",
    "Distribution",
    "Embedder",
    "EmbedderUnavailable",
    "Embeddings",
    "EntitySpan",
    "Fault",
    "FeedbackRecord",
    "FeedbackTooLarge",
    "FilteredRecord",
    "FollowSecrets",
    "Forbidden",
    "InvalidInput",
    "KeyRegistry",
    "KeyStore",
    "KeyStoreUnavailable",
    "KnownKeys",
    "LLMAnswerUnusable",
    "LLMCall",
    "LLMCalls",
    "LLMClient",
    "LLMError",
    "LLMRateLimited",
    "LLMRejected",
    "LLMReply",
    "LLMTimeout",
    "LLMUnavailable",
    "MakeFirstKey",
    "MalformedSecret",
    "ManageKeys",
    "Metrics",
    "NewKey",
    "NotFound",
    "Progress",
    "Prompt",
    "PromptInjection",
    "PseudonymisedTexts",
    "QFAError",
    "RecordLedger",
    "RecordingLLMClient",
    "ReportUsage",
    "RequestContext",
    "Secret",
    "SecretStore",
    "SecretStoreUnavailable",
    "Sensitivity",
    "SensitivityType",
    "StoreUnavailable",
    "StoredSecret",
    "Summarize",
    "SummarizeCorpus",
    "SummarizeCorpusRequest",
    "SummarizeRequest",
    "Summary",
    "Tenant",
    "TenantRegistry",
    "Theme",
    "TokenBudget",
    "TrendCell",
    "UsageBreakdown",
    "UsageQuery",
    "UsageReport",
    "UsageStore",
    "UsageStoreUnavailable",
    "UsageTotals",
    "clean_content",
    "clean_output_language",
    "coding_trends",
    "digest_of",
    "parse_created",
    "pretty_analysis",
    "pretty_corpus_summary",
    "pretty_summary",
    "pseudonymise",
    "refuse_injection",
    "restore",
]

# Module by module, since a name that is not loaded yet cannot say where it lives.
_NAMES = {
    "analyst_prompt": "refuse_injection",
    "budget": "Deadline RequestContext TokenBudget",
    "clusters": "Clustering Embeddings",
    "coding": "AssignedCodes Code CodedLevel CodePath CodingFramework",
    "errors": (
        "AnalysisUnavailable AnonymizerUnavailable AuthenticationRequired ClustererUnavailable Conflict "
        "ContentFiltered DeadlineExceeded EmbedderUnavailable Fault FeedbackTooLarge "
        "Forbidden InvalidInput KeyStoreUnavailable "
        "LLMAnswerUnusable LLMError LLMRateLimited LLMRejected LLMTimeout LLMUnavailable NotFound "
        "PromptInjection QFAError SecretStoreUnavailable StoreUnavailable UsageStoreUnavailable"
    ),
    "feedback": "FeedbackRecord clean_content parse_created",
    "insights": (
        "Analysis CodingTrends CorpusSummary FilteredRecord RecordLedger Sensitivity SensitivityType "
        "Summary Theme TrendCell"
    ),
    "languages": "clean_output_language",
    "llm": "LLMReply Prompt",
    "ports.anonymizer": "Anonymizer",
    "ports.clusterer": "Clusterer",
    "ports.embedder": "Embedder",
    "ports.key_store": "KeyRegistry KeyStore TenantRegistry",
    "ports.llm_client": "LLMClient",
    "ports.secret_store": "SecretStore",
    "ports.usage_store": "UsageStore",
    "pretty": "pretty_analysis pretty_corpus_summary pretty_summary",
    "progress": "Progress",
    "pseudonyms": "EntitySpan PseudonymisedTexts pseudonymise restore",
    "requests": (
        "AnalyzeRequest AssignCodesRequest DetectSensitiveRequest SummarizeCorpusRequest SummarizeRequest"
    ),
    "secrets": "Secret StoredSecret",
    "tenancy": "ApiKey Tenant digest_of",
    "trends": "coding_trends",
    "usage": "Distribution LLMCall Metrics UsageBreakdown UsageQuery UsageReport UsageTotals",
    "use_cases.analyze": "Analyze",
    "use_cases.analyze_hierarchical": "AnalyzeHierarchical",
    "use_cases.ask": "Ask",
    "use_cases.assign_codes": "AssignCodes",
    "use_cases.authenticate": "Authenticate KnownKeys",
    "use_cases.detect_sensitive": "DetectSensitive",
    "use_cases.follow_secrets": "FollowSecrets MalformedSecret",
    "use_cases.llm_calls": "LLMCalls",
    "use_cases.make_first_key": "MakeFirstKey",
    "use_cases.manage_keys": "ManageKeys NewKey",
    "use_cases.recording": "RecordingLLMClient",
    "use_cases.report_usage": "ReportUsage",
    "use_cases.summarize": "Summarize SummarizeCorpus",
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names.split()}

if not TYPE_CHECKING:  # a type checker reads the imports above, and would take any name for known here

    def __getattr__(name: str) -> object:
        """Load a public name on its first use."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return [*__all__, "__version__"]
