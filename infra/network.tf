locals {
  addresses = {
    app        = cidrsubnet(var.address_space, 2, 0) # /26: an instance takes an address, and two while it is replaced
    database   = cidrsubnet(var.address_space, 4, 4)
    endpoints  = cidrsubnet(var.address_space, 4, 5)
    operations = cidrsubnet(var.address_space, 4, 6)
  }
}

resource "azurerm_virtual_network" "qfa" {
  name                = "vnet-qfa-${var.environment}"
  resource_group_name = local.group
  location            = local.location
  address_space       = [var.address_space]
  tags                = local.tags
}

# Where the app's outgoing traffic starts.
resource "azurerm_subnet" "app" {
  name                 = "snet-app"
  resource_group_name  = local.group
  virtual_network_name = azurerm_virtual_network.qfa.name
  address_prefixes     = [local.addresses.app]

  delegation {
    name = "app"

    service_delegation {
      name    = "Microsoft.Web/serverFarms"
      actions = ["Microsoft.Network/virtualNetworks/subnets/action"]
    }
  }
}

resource "azurerm_subnet" "database" {
  name                 = "snet-database"
  resource_group_name  = local.group
  virtual_network_name = azurerm_virtual_network.qfa.name
  address_prefixes     = [local.addresses.database]

  delegation {
    name = "database"

    service_delegation {
      name    = "Microsoft.DBforPostgreSQL/flexibleServers"
      actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
    }
  }
}

resource "azurerm_subnet" "endpoints" {
  name                              = "snet-endpoints"
  resource_group_name               = local.group
  virtual_network_name              = azurerm_virtual_network.qfa.name
  address_prefixes                  = [local.addresses.endpoints]
  private_endpoint_network_policies = "NetworkSecurityGroupEnabled" # otherwise the rules do not hold for endpoints
}

# Where psql.sh runs: the database has no other door for operators.
resource "azurerm_subnet" "operations" {
  name                 = "snet-operations"
  resource_group_name  = local.group
  virtual_network_name = azurerm_virtual_network.qfa.name
  address_prefixes     = [local.addresses.operations]

  delegation {
    name = "containers"

    service_delegation {
      name    = "Microsoft.ContainerInstance/containerGroups"
      actions = ["Microsoft.Network/virtualNetworks/subnets/action"]
    }
  }
}

# Names inside the network: the vault and the database resolve to private addresses.

resource "azurerm_private_dns_zone" "database" {
  name                = "qfa-${var.environment}.private.postgres.database.azure.com"
  resource_group_name = local.group
  tags                = local.tags
}

resource "azurerm_private_dns_zone" "vault" {
  name                = "privatelink.vaultcore.azure.net" # Azure's own name for it
  resource_group_name = local.group
  tags                = local.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "qfa" {
  for_each = {
    database = azurerm_private_dns_zone.database.name
    vault    = azurerm_private_dns_zone.vault.name
  }

  name                  = each.key
  resource_group_name   = local.group
  private_dns_zone_name = each.value
  virtual_network_id    = azurerm_virtual_network.qfa.id
  tags                  = local.tags
}
