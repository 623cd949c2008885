resource "azurerm_postgresql_flexible_server" "qfa" {
  #checkov:skip=CKV2_AZURE_57:the server is in the network itself, in a subnet delegated to it, without any other address
  name                          = local.server_name
  resource_group_name           = local.group
  location                      = local.location
  version                       = var.database_version
  sku_name                      = var.database_sku
  storage_mb                    = var.database_storage_mb
  auto_grow_enabled             = true
  backup_retention_days         = var.database_backup_days
  geo_redundant_backup_enabled  = var.database_geo_redundant_backup
  public_network_access_enabled = false
  delegated_subnet_id           = azurerm_subnet.database.id
  private_dns_zone_id           = azurerm_private_dns_zone.database.id
  tags                          = local.tags

  authentication {
    active_directory_auth_enabled = true
    password_auth_enabled         = false
    tenant_id                     = data.azurerm_client_config.current.tenant_id
  }

  dynamic "high_availability" {
    for_each = var.database_standby ? ["ZoneRedundant"] : []

    content {
      mode = high_availability.value
    }
  }

  # Sundays at 2, UTC: Azure restarts the server when it is patched.
  maintenance_window {
    day_of_week  = 0
    start_hour   = 2
    start_minute = 0
  }

  lifecycle {
    prevent_destroy = true
    ignore_changes = [
      zone, # Azure chooses, and exchanges the two when the standby takes over
      high_availability[0].standby_availability_zone,
      storage_mb, # it grows by itself
    ]
  }

  # A server whose name is not linked to the network cannot be made.
  depends_on = [azurerm_private_dns_zone_virtual_network_link.qfa]
}

resource "azurerm_postgresql_flexible_server_database" "qfa" {
  name      = local.database_name
  server_id = azurerm_postgresql_flexible_server.qfa.id
  charset   = "UTF8"
  collation = "en_US.utf8"

  lifecycle {
    prevent_destroy = true
  }
}

# The only administrators: there is no password, and the app's role is made by them (infra/sql/app_role.sql).
resource "azurerm_postgresql_flexible_server_active_directory_administrator" "operators" {
  resource_group_name = local.group
  server_name         = azurerm_postgresql_flexible_server.qfa.name
  tenant_id           = data.azurerm_client_config.current.tenant_id
  object_id           = var.operators_group_id
  principal_name      = var.operators_group_name
  principal_type      = "Group"

  # Azure makes one change to a server at a time.
  depends_on = [azurerm_postgresql_flexible_server_database.qfa]
}
