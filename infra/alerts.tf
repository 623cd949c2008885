# Severity 1 wants somebody now, 2 within the day.

locals {
  app      = { id = azurerm_linux_web_app.app.id, namespace = "Microsoft.Web/sites" }
  plan     = { id = azurerm_service_plan.app.id, namespace = "Microsoft.Web/serverfarms" }
  database = { id = azurerm_postgresql_flexible_server.qfa.id, namespace = "Microsoft.DBforPostgreSQL/flexibleServers" }

  # Unless they say otherwise: an average above the threshold for a quarter of an hour, severity 2.
  alerts = {
    server-errors = {
      of          = local.app
      metric      = "Http5xx"
      aggregation = "Total"
      threshold   = 5
      window      = "PT5M"
      severity    = 1
      description = "Requests fail with 5xx. Look at /v1/ready first."
    }
    health = {
      of          = local.app
      metric      = "HealthCheckStatus"
      operator    = "LessThan"
      threshold   = 100
      window      = "PT5M"
      severity    = 1
      description = "An instance does not answer /v1/health."
    }
    app-cpu = {
      of          = local.plan
      metric      = "CpuPercentage"
      threshold   = 85
      description = "The app's instances are short of processor."
    }
    app-memory = {
      of          = local.plan
      metric      = "MemoryPercentage"
      threshold   = 85
      description = "The app's instances are short of memory."
    }
    database-cpu = {
      of          = local.database
      metric      = "cpu_percent"
      threshold   = 85
      description = "The database is short of processor."
    }
    database-memory = {
      of          = local.database
      metric      = "memory_percent"
      threshold   = 90
      description = "The database is short of memory."
    }
    database-storage = {
      of          = local.database
      metric      = "storage_percent"
      threshold   = 80
      severity    = 1
      description = "The database's disk fills: docs/operations/database.md, Pruning."
    }
  }
}

resource "azurerm_monitor_action_group" "qfa" {
  name                = "ag-qfa-${var.environment}"
  resource_group_name = local.group
  short_name          = "qfa-${var.environment}" # 12 characters at most
  tags                = local.tags

  dynamic "email_receiver" {
    for_each = var.alert_emails

    content {
      name                    = email_receiver.value
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
}

resource "azurerm_monitor_metric_alert" "qfa" {
  for_each = local.alerts

  name                = "qfa-${var.environment}-${each.key}"
  resource_group_name = local.group
  scopes              = [each.value.of.id]
  description         = each.value.description
  severity            = lookup(each.value, "severity", 2)
  frequency           = "PT5M"
  window_size         = lookup(each.value, "window", "PT15M")
  tags                = local.tags

  criteria {
    metric_namespace = each.value.of.namespace
    metric_name      = each.value.metric
    aggregation      = lookup(each.value, "aggregation", "Average")
    operator         = lookup(each.value, "operator", "GreaterThan")
    threshold        = each.value.threshold
  }

  action {
    action_group_id = azurerm_monitor_action_group.qfa.id
  }
}
