# What the app and the operators may do. Role assignments are applied by an operator, not by a pipeline: no pipeline's
# identity may give roles, to others or to itself.

locals {
  app_principal_id = azurerm_linux_web_app.app.identity[0].principal_id
}

# It pulls its image.
resource "azurerm_role_assignment" "app_pulls_image" {
  scope                = var.registry_id
  role_definition_name = "AcrPull"
  principal_id         = local.app_principal_id
  principal_type       = "ServicePrincipal"
}

# It reads its secrets, and cannot change them.
resource "azurerm_role_assignment" "app_reads_secrets" {
  scope                = azurerm_key_vault.qfa.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = local.app_principal_id
  principal_type       = "ServicePrincipal"
}

# It asks the models of one account, where there is no API key.
resource "azurerm_role_assignment" "app_asks_models" {
  count = var.azure_openai_account_id == null ? 0 : 1

  scope                = var.azure_openai_account_id
  role_definition_name = "Cognitive Services OpenAI User"
  principal_id         = local.app_principal_id
  principal_type       = "ServicePrincipal"
}

# They seed and rotate secrets: `qfa keys`, docs/operations/new-environment.md.
resource "azurerm_role_assignment" "operators_write_secrets" {
  scope                = azurerm_key_vault.qfa.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = var.operators_group_id
  principal_type       = "Group"
}
