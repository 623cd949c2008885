# What differs by installation: TF_VAR_… of the operator's shell, variables of the pipelines. bootstrap.sh prints them.

variable "name_suffix" {
  description = "Ends the names that must be unique in all of Azure, such as the web app's: app-qfa-<environment>-<suffix>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{2,7}$", var.name_suffix))
    error_message = "The suffix wants 3 to 8 lower case letters and digits, a letter first."
  }
}

variable "operators_group_id" {
  description = "The object id of the Entra group whose members administer the database and write the vault's secrets."
  type        = string
}

variable "operators_group_name" {
  description = "The display name of that group; its members log in to the database under it."
  type        = string
}

variable "registry_id" {
  description = "The resource id of the container registry that all environments share."
  type        = string

  validation {
    condition     = can(regex("/providers/Microsoft.ContainerRegistry/registries/[A-Za-z0-9]+$", var.registry_id))
    error_message = "That is no resource id of a container registry."
  }
}

variable "state_account_id" {
  description = "The resource id of the storage account that holds Terraform's state."
  type        = string

  validation {
    condition     = can(regex("/providers/Microsoft.Storage/storageAccounts/[a-z0-9]+$", var.state_account_id))
    error_message = "That is no resource id of a storage account."
  }
}

variable "github_repository" {
  description = "owner/name of the repository whose workflows deploy."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "The repository wants the form owner/name."
  }
}

variable "alert_emails" {
  description = "Who is told of alerts."
  type        = list(string)

  validation {
    condition     = length(var.alert_emails) > 0 && alltrue([for address in var.alert_emails : strcontains(address, "@")])
    error_message = "At least one e-mail address is wanted; an alert that nobody reads is none."
  }
}

variable "llm_model" {
  description = "LLM_MODEL, as provider/model; see docs/settings.md."
  type        = string

  validation {
    condition     = can(regex("^[a-z_]+/.+$", var.llm_model)) && !startswith(var.llm_model, "local/")
    error_message = "The model wants the form provider/model, and local/… is for trying out only."
  }
}

variable "llm_api_base" {
  description = "LLM_API_BASE; null where the vault's secret llm-api-base says it."
  type        = string
  default     = null
}

variable "llm_api_version" {
  description = "LLM_API_VERSION, which Azure wants named."
  type        = string
  default     = null
}

variable "azure_openai_account_id" {
  description = "The resource id of an Azure OpenAI account that the app calls as its managed identity; null: with llm-api-key."
  type        = string
  default     = null
}

# What differs by environment: environments/<environment>.tfvars.

variable "environment" {
  description = "Which of the environments this is, and the name of its workspace."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prd"], var.environment)
    error_message = "The environment is dev, staging or prd."
  }
}

variable "address_space" {
  description = "The addresses of the virtual network, a /24."
  type        = string

  validation {
    condition     = can(cidrhost(var.address_space, 0)) && endswith(var.address_space, "/24")
    error_message = "The address space wants to be a /24, such as 10.20.0.0/24."
  }
}

variable "app_sku" {
  description = "The size of an instance of the app."
  type        = string
}

variable "app_instances" {
  description = "How many instances serve."
  type        = number
}

variable "app_zone_balanced" {
  description = "Whether the instances are spread over availability zones; takes two of a Premium size."
  type        = bool
}

variable "app_processes" {
  description = "WEB_CONCURRENCY: processes that serve on each instance, as many as it has cores."
  type        = number
}

variable "minimum_tls_version" {
  description = "The oldest TLS that callers may speak; 1.3 once all of them can."
  type        = string
  default     = "1.2"

  validation {
    condition     = contains(["1.2", "1.3"], var.minimum_tls_version)
    error_message = "TLS 1.2 or 1.3."
  }
}

variable "database_version" {
  description = "The major version of PostgreSQL."
  type        = string
  default     = "17"

  validation {
    condition     = tonumber(var.database_version) >= 16
    error_message = "PostgreSQL 16 or newer."
  }
}

variable "database_sku" {
  description = "The size of the database's server."
  type        = string
}

variable "database_storage_mb" {
  description = "What its disk begins with; it grows by itself."
  type        = number
}

variable "database_pool_max" {
  description = "DB_POOL_MAX of each process: with one more to listen, all processes must fit into the server's max_connections."
  type        = number
}

variable "database_standby" {
  description = "Whether a second server in another zone stands by. Not for Burstable sizes."
  type        = bool
}

variable "database_backup_days" {
  description = "How far back the database can be restored to."
  type        = number
}

variable "database_geo_redundant_backup" {
  description = "Whether backups are kept in the paired region as well. Changing it makes a new server."
  type        = bool
}

variable "log_retention_days" {
  description = "How long logs and telemetry are kept."
  type        = number
}
