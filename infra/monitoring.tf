resource "azurerm_log_analytics_workspace" "qfa" {
  name                         = "log-qfa-${var.environment}"
  resource_group_name          = local.group
  location                     = local.location
  sku                          = "PerGB2018"
  retention_in_days            = var.log_retention_days
  local_authentication_enabled = false # its keys, which Terraform's state holds, open nothing
  tags                         = local.tags
}

resource "azurerm_application_insights" "qfa" {
  name                = "appi-qfa-${var.environment}"
  resource_group_name = local.group
  location            = local.location
  workspace_id        = azurerm_log_analytics_workspace.qfa.id
  application_type    = "other"
  retention_in_days   = var.log_retention_days
  tags                = local.tags
}

# The service's log has no feedback text, at any level; the platform's logs have addresses and paths, no bodies.
resource "azurerm_monitor_diagnostic_setting" "app" {
  name                       = "to-log-analytics"
  target_resource_id         = azurerm_linux_web_app.app.id
  log_analytics_workspace_id = azurerm_log_analytics_workspace.qfa.id

  dynamic "enabled_log" {
    for_each = ["AppServiceConsoleLogs", "AppServiceHTTPLogs", "AppServicePlatformLogs", "AppServiceAuditLogs"]

    content {
      category = enabled_log.value
    }
  }

  enabled_metric {
    category = "AllMetrics"
  }
}

resource "azurerm_monitor_diagnostic_setting" "vault" {
  name                       = "to-log-analytics"
  target_resource_id         = azurerm_key_vault.qfa.id
  log_analytics_workspace_id = azurerm_log_analytics_workspace.qfa.id

  enabled_log {
    category = "AuditEvent" # who read or wrote which secret, never its value
  }

  enabled_metric {
    category = "AllMetrics"
  }
}

resource "azurerm_monitor_diagnostic_setting" "database" {
  name                       = "to-log-analytics"
  target_resource_id         = azurerm_postgresql_flexible_server.qfa.id
  log_analytics_workspace_id = azurerm_log_analytics_workspace.qfa.id

  enabled_log {
    category = "PostgreSQLLogs"
  }

  enabled_metric {
    category = "AllMetrics"
  }
}
