data "azurerm_client_config" "current" {}

# Made by bootstrap.sh, and only read here: a `terraform destroy` cannot take the group and what else is in it.
data "azurerm_resource_group" "qfa" {
  name = "rg-qfa-${var.environment}"

  lifecycle {
    precondition {
      condition     = terraform.workspace == var.environment
      error_message = "The workspace is not that of the environment: terraform workspace select -or-create ${var.environment}"
    }
  }
}
