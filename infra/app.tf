resource "azurerm_service_plan" "app" {
  name                   = "asp-qfa-${var.environment}"
  resource_group_name    = local.group
  location               = local.location
  os_type                = "Linux"
  sku_name               = var.app_sku
  worker_count           = var.app_instances
  zone_balancing_enabled = var.app_zone_balanced
  tags                   = local.tags
}

resource "azurerm_linux_web_app" "app" {
  #checkov:skip=CKV_AZURE_13:callers bring API keys of QFA's own; there are no people to sign in
  #checkov:skip=CKV_AZURE_17:callers such as EspoCRM have no client certificates
  #checkov:skip=CKV_AZURE_63:HTTP logs go to Log Analytics, by the diagnostic setting in monitoring.tf
  #checkov:skip=CKV_AZURE_65:detailed error pages are of IIS; the service words its own errors
  #checkov:skip=CKV_AZURE_66:failed request traces are of IIS; the service logs each request, with its id
  #checkov:skip=CKV_AZURE_88:App Service's own storage below /home holds the journal, and nothing else wants a share
  #checkov:skip=CKV_AZURE_222:callers come over the Internet, by HTTPS and with a key
  name                      = local.app_name
  resource_group_name       = local.group
  location                  = local.location
  service_plan_id           = azurerm_service_plan.app.id
  virtual_network_subnet_id = azurerm_subnet.app.id
  https_only                = true
  client_affinity_enabled   = false # any instance answers any request
  tags                      = local.tags

  # Deployment is a change of the image, by an identity. The password for publishing files, which Azure makes and the state
  # holds, opens nothing.
  ftp_publish_basic_authentication_enabled       = false
  webdeploy_publish_basic_authentication_enabled = false

  app_settings = merge(
    local.app_settings,
    { for name, value in local.optional_app_settings : name => value if value != null },
  )

  identity {
    type = "SystemAssigned"
  }

  site_config {
    always_on                               = true
    container_registry_use_managed_identity = true
    ftps_state                              = "Disabled"
    health_check_path                       = "/v1/health"
    health_check_eviction_time_in_min       = 5
    http2_enabled                           = true
    minimum_tls_version                     = var.minimum_tls_version
    remote_debugging_enabled                = false
    scm_ip_restriction_default_action       = "Allow" # the log stream; it takes an Entra login with a role on the app
    scm_minimum_tls_version                 = "1.2"
    vnet_route_all_enabled                  = true
    websockets_enabled                      = false

    application_stack {
      docker_registry_url = "https://${local.registry_host}"
      docker_image_name   = "qfa:none" # until the first deployment; see `lifecycle`
    }
  }

  lifecycle {
    # The pipeline deploys by digest: it sets this to qfa@sha256:…, after this configuration and more often than it. Were
    # it not ignored, the next `terraform apply` would take the app back to an image that does not exist.
    ignore_changes = [site_config[0].application_stack[0].docker_image_name]
  }
}
