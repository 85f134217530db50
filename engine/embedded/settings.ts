// What the embedded server runs with. Statements, their parameters and the details of their errors are never logged:
// they hold what tenants typed.

// Beside the engine's own budget: administrators, backups, and PostgreSQL's reserve for the superuser.
const spareConnections = 13

const fixed: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  cluster_name: 'rppam',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // Recovery begins with bringing the data folder to the disk: file by file that takes minutes with many tenants.
  recovery_init_sync_method: 'syncfs',
  shared_buffers: '256MB',
  wal_buffers: '16MB',
  min_wal_size: '128MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '10min',
  random_page_cost: '1.1',
  // Short statements only: compiling and parallel plans cost more than they give.
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  io_method: 'sync',
  timezone: 'UTC',
  log_timezone: 'UTC',
  password_encryption: 'scram-sha-256',
  log_destination: 'stderr',
  logging_collector: 'off',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_error_statement: 'panic',
  // `log` is above `error` here: what statements fail with stays out.
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
}

/** Arguments of `postgres`. */
export const serverArguments = (port: number, maxConnections: number): string[] =>
  Object.entries({
    ...fixed,
    port: String(port),
    max_connections: String(maxConnections + spareConnections),
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
