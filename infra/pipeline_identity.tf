# Three identities for GitHub's workflows, each with what its one task needs. They have no secret: GitHub signs a token that
# says which repository and environment a job runs for, and Entra takes that token for the subject below and no other.

locals {
  pipelines = {
    # Builds and promotes images. The GitHub environment has its reviewers.
    deploy = "environment:${var.environment}"
    # Applies this configuration, by hand. An environment of its own, so that deploying is not applying.
    apply = "environment:${var.environment}-infra"
    # Plans on pull requests, whose code nobody has reviewed yet: it only ever reads.
    plan = "pull_request"
  }

  pipeline_roles = {
    # The image of this one app is changed, and the app looked at. Whoever chooses its code acts as the app, so this is no
    # less than the app may do.
    deploy_changes_app = { pipeline = "deploy", role = "Website Contributor", scope = azurerm_linux_web_app.app.id }
    # Images are built once, and pushed by dev; the others look whether the digest is there, and who attests it.
    deploy_uses_registry = {
      pipeline = "deploy", role = var.environment == "dev" ? "AcrPush" : "AcrPull", scope = var.registry_id
    }

    # Everything in this environment's group, except giving roles.
    apply_changes_group  = { pipeline = "apply", role = "Contributor", scope = local.scope }
    apply_writes_state   = { pipeline = "apply", role = "Storage Blob Data Contributor", scope = local.state_container }
    apply_sees_registry  = { pipeline = "apply", role = "Reader", scope = var.registry_id } # its role assignments are ours
    apply_sees_container = { pipeline = "apply", role = "Reader", scope = local.state_container }

    plan_reads_state    = { pipeline = "plan", role = "Storage Blob Data Reader", scope = local.state_container }
    plan_sees_registry  = { pipeline = "plan", role = "Reader", scope = var.registry_id }
    plan_sees_container = { pipeline = "plan", role = "Reader", scope = local.state_container }
  }

  # Where models are asked without a key, whoever plans reads that role assignment, too.
  pipeline_roles_at_models = {
    for pipeline in ["apply", "plan"] : "${pipeline}_sees_models" => {
      pipeline = pipeline, role = "Reader", scope = var.azure_openai_account_id
    } if var.azure_openai_account_id != null
  }
}

resource "azurerm_user_assigned_identity" "pipeline" {
  for_each = local.pipelines

  name                = "id-qfa-${var.environment}-${each.key}"
  resource_group_name = local.group
  location            = local.location
  tags                = local.tags
}

resource "azurerm_federated_identity_credential" "github" {
  for_each = local.pipelines

  name                      = "github"
  user_assigned_identity_id = azurerm_user_assigned_identity.pipeline[each.key].id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "repo:${var.github_repository}:${each.value}"
}

resource "azurerm_role_assignment" "pipeline" {
  for_each = merge(local.pipeline_roles, local.pipeline_roles_at_models)

  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = azurerm_user_assigned_identity.pipeline[each.value.pipeline].principal_id
  principal_type       = "ServicePrincipal"
}

# Reader does not suffice to plan: a web app's settings are listed by an action of their own.
# https://github.com/hashicorp/terraform-provider-azurerm/issues/33088
resource "azurerm_role_definition" "plan" {
  name        = "QFA plan (${var.environment})"
  scope       = local.scope
  description = "Reads what terraform plan compares, and changes nothing."

  permissions {
    actions = [
      "*/read",
      "Microsoft.Web/sites/config/list/action",
      "Microsoft.OperationalInsights/workspaces/sharedKeys/action", # the provider asks, though the keys are switched off
    ]
  }

  assignable_scopes = [local.scope]
}

resource "azurerm_role_assignment" "plan_reads_group" {
  scope              = local.scope
  role_definition_id = azurerm_role_definition.plan.role_definition_resource_id
  principal_id       = azurerm_user_assigned_identity.pipeline["plan"].principal_id
  principal_type     = "ServicePrincipal"
}
