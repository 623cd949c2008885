locals {
  location = data.azurerm_resource_group.qfa.location
  group    = data.azurerm_resource_group.qfa.name
  scope    = data.azurerm_resource_group.qfa.id

  # The app's name is also that of its managed identity, and so of its role in the database.
  app_name      = "app-qfa-${var.environment}-${var.name_suffix}"
  vault_name    = "kv-qfa-${var.environment}-${var.name_suffix}"
  server_name   = "psql-qfa-${var.environment}-${var.name_suffix}"
  database_name = "qfa"

  registry_host   = "${lower(reverse(split("/", var.registry_id))[0])}.azurecr.io"
  state_container = "${var.state_account_id}/blobServices/default/containers/tfstate-${var.environment}"

  tags = {
    application = "qfa"
    environment = var.environment
    managed-by  = "terraform"
    repository  = var.github_repository
  }
}
