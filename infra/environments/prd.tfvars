# Two instances in two zones, a standby database, backups in a second region.
environment   = "prd"
address_space = "10.20.2.0/24"

app_sku           = "P1v3" # 2 cores, 8 GB
app_instances     = 2
app_zone_balanced = true
app_processes     = 2

database_sku                  = "GP_Standard_D2ds_v5" # 844 connections for us
database_storage_mb           = 65536
database_pool_max             = 10
database_standby              = true
database_backup_days          = 35
database_geo_redundant_backup = true

log_retention_days = 90
