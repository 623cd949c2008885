# What the runbooks and the pipelines' variables are filled with; none of it is secret.

output "resource_group" {
  value = local.group
}

output "web_app" {
  value = azurerm_linux_web_app.app.name
}

output "url" {
  value = "https://${azurerm_linux_web_app.app.default_hostname}"
}

output "key_vault" {
  value = azurerm_key_vault.qfa.name
}

output "database_host" {
  value = azurerm_postgresql_flexible_server.qfa.fqdn
}

output "database_name" {
  value = azurerm_postgresql_flexible_server_database.qfa.name
}

output "operations_subnet_id" {
  value = azurerm_subnet.operations.id
}

output "location" {
  value = local.location
}

output "registry_host" {
  value = local.registry_host
}

output "tenant_id" {
  value = data.azurerm_client_config.current.tenant_id
}

output "subscription_id" {
  value = data.azurerm_client_config.current.subscription_id
}

output "pipeline_client_ids" {
  description = "By pipeline: deploy, apply, plan."
  value       = { for pipeline, identity in azurerm_user_assigned_identity.pipeline : pipeline => identity.client_id }
}

output "app_object_id" {
  description = "Of the web app's managed identity."
  value       = local.app_principal_id
}
