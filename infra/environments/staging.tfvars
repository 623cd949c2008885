# Shaped like prd, in small: two instances, so that what only happens between instances happens here first.
environment   = "staging"
address_space = "10.20.1.0/24"

app_sku           = "P0v3" # 1 core, 4 GB
app_instances     = 2
app_zone_balanced = false
app_processes     = 1

database_sku                  = "B_Standard_B2s" # 414 connections for us
database_storage_mb           = 32768
database_pool_max             = 10
database_standby              = false
database_backup_days          = 7
database_geo_redundant_backup = false

log_retention_days = 30
