# Who may talk to whom inside the network. What no rule names is open within the network by Azure's default, hence the
# last rule of each group.

locals {
  # The port at which app and operations reach a subnet; the others take nothing: callers come in through App Service.
  open_ports = {
    database  = "5432"
    endpoints = "443"
  }

  subnet_ids = {
    app        = azurerm_subnet.app.id
    database   = azurerm_subnet.database.id
    endpoints  = azurerm_subnet.endpoints.id
    operations = azurerm_subnet.operations.id
  }
}

resource "azurerm_network_security_group" "qfa" {
  for_each = local.addresses

  name                = "nsg-${each.key}-${var.environment}"
  resource_group_name = local.group
  location            = local.location
  tags                = local.tags

  dynamic "security_rule" {
    for_each = [for subnet, port in local.open_ports : port if subnet == each.key]

    content {
      name                       = "allow-app-and-operations"
      priority                   = 100
      direction                  = "Inbound"
      access                     = "Allow"
      protocol                   = "Tcp"
      source_port_range          = "*"
      source_address_prefixes    = [local.addresses.app, local.addresses.operations]
      destination_port_range     = security_rule.value
      destination_address_prefix = "*"
    }
  }

  # A standby and its primary talk inside their subnet.
  security_rule {
    name                       = "allow-own-subnet"
    priority                   = 200
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "*"
    source_port_range          = "*"
    source_address_prefix      = each.value
    destination_port_range     = "*"
    destination_address_prefix = each.value
  }

  security_rule {
    name                       = "deny-the-rest-of-the-network"
    priority                   = 4096
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    source_address_prefix      = "VirtualNetwork"
    destination_port_range     = "*"
    destination_address_prefix = "*"
  }
}

resource "azurerm_subnet_network_security_group_association" "qfa" {
  for_each = local.subnet_ids

  subnet_id                 = each.value
  network_security_group_id = azurerm_network_security_group.qfa[each.key].id
}
