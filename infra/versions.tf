terraform {
  required_version = ">= 1.11, < 2.0"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.73" # every argument here is checked against 4.73.0 (infra/checks/provider.json)
    }
  }
}

# The subscription is ARM_SUBSCRIPTION_ID, the credentials those of `az login` or of the pipeline (ARM_USE_OIDC=true).
provider "azurerm" {
  # bootstrap.sh registers what is needed: the pipelines' identities hold nothing on the subscription, and cannot.
  resource_provider_registrations = "none"
  storage_use_azuread             = true

  features {
    key_vault {
      purge_soft_delete_on_destroy    = false
      recover_soft_deleted_key_vaults = true
    }
  }
}
