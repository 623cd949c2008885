# The rest comes with `terraform init`, because it differs by installation and by environment:
#   -backend-config=storage_account_name=… -backend-config=container_name=tfstate-<environment>
# One container an environment, so that the pipeline of one cannot write the state of another; in it, one workspace.
terraform {
  backend "azurerm" {
    key              = "qfa.tfstate"
    use_azuread_auth = true # the account has no shared keys
  }
}
