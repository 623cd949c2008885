# What the app is told. Secrets are not among it: the app reads llm-api-key, llm-api-base and auth-api-keys from the vault
# itself, as its managed identity. docs/settings.md explains the names; those of App Service begin with WEBSITES_.
locals {
  app_port = "8000"

  app_settings = {
    QFA_PRODUCTION  = "true"
    NETWORK_PORT    = local.app_port
    WEB_CONCURRENCY = tostring(var.app_processes)

    LLM_MODEL     = var.llm_model
    LLM_AUTH_MODE = var.azure_openai_account_id == null ? "key" : "entra"

    KEYVAULT_URL = azurerm_key_vault.qfa.vault_uri

    DB_AUTH_MODE = "entra"
    DB_HOST      = azurerm_postgresql_flexible_server.qfa.fqdn
    DB_NAME      = local.database_name
    DB_USER      = local.app_name # the identity's name; infra/sql/app_role.sql makes the role
    DB_POOL_MAX  = tostring(var.database_pool_max)

    # With it one can send telemetry, and read nothing.
    APPLICATIONINSIGHTS_CONNECTION_STRING = azurerm_application_insights.qfa.connection_string

    # Usage that the database does not have yet is journalled below /home, which all instances share and which outlives
    # containers: what an instance leaves behind, another one writes. Elsewhere a restart would lose it.
    QFA_DATA_DIR                        = "/home/qfa"
    WEBSITES_ENABLE_APP_SERVICE_STORAGE = "true"

    WEBSITES_PORT                       = local.app_port
    WEBSITES_CONTAINER_START_TIME_LIMIT = "600" # seconds; a migration comes before the port is opened
    WEBSITES_CONTAINER_STOP_TIME_LIMIT  = "60"  # seconds; requests get 30 to finish, then usage is flushed; at most 120
  }
  # Set where there is something to say. Apart from the above, so that a plan can show those before all are known.
  optional_app_settings = {
    LLM_API_BASE    = var.llm_api_base
    LLM_API_VERSION = var.llm_api_version
  }
}
