# Small and cheap: one instance, no standby.
environment   = "dev"
address_space = "10.20.0.0/24"

app_sku           = "B2" # 2 cores, 3.5 GB
app_instances     = 1
app_zone_balanced = false
app_processes     = 2

database_sku                  = "B_Standard_B1ms" # 35 connections for us; processes of the old and the new image overlap
database_storage_mb           = 32768
database_pool_max             = 5
database_standby              = false
database_backup_days          = 7
database_geo_redundant_backup = false

log_retention_days = 30
