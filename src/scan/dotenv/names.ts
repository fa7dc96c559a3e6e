/** What the name of a variable says about the port in it. */

/** Listens; connects; either, and nobody can tell. */
export type PortMeaning = 'own' | 'perhaps' | 'others'

/** Names by which whole families of programs are told where to listen. */
const OWN = /^(?:PORT|SERVER_PORT|APP_PORT|HTTP_PORT|LISTEN_PORT|FLASK_RUN_PORT|NUXT_PORT)$/
/** What an application connects to far more often than it is one. */
const SERVERS =
  /(?:^|_)(?:DB|DATABASE|SQL|PG|POSTGRES|POSTGRESQL|MYSQL|MARIADB|MSSQL|MONGO|MONGODB|REDIS|VALKEY|MEMCACHE|MEMCACHED|RABBIT|RABBITMQ|AMQP|KAFKA|NATS|MQTT|SMTP|IMAP|MAIL|EMAIL|MAILHOG|MAILPIT|ELASTIC|ELASTICSEARCH|OPENSEARCH|MINIO|S3|LDAP|FTP|SFTP|SSH|CLICKHOUSE|INFLUX|INFLUXDB|CONSUL|VAULT|STATSD|SYSLOG|PROXY|REMOTE|UPSTREAM|TARGET)$/

/** What a variable that ends in PORT means; undefined for every other. */
export function meaningOf(name: string): PortMeaning | undefined {
  const upper = name.toUpperCase()
  if (OWN.test(upper)) return 'own'
  const before = /^(.+?)_?PORT$/.exec(upper)?.[1]
  // SUPPORT, IMPORT, EXPORT and TRANSPORT are no ports.
  if (before === undefined || !(upper.endsWith('_PORT') || upper === 'PGPORT')) return undefined
  return SERVERS.test(before) ? 'others' : 'perhaps'
}

/** The variable that would hold the host beside a port. */
export function hostBeside(name: string): readonly string[] {
  const before = name.replace(/_?PORT$/i, '')
  const join = name.toUpperCase() === 'PGPORT' ? '' : '_'
  return ['HOST', 'HOSTNAME', 'SERVER', 'ADDRESS'].map((word) => `${before}${join}${word}`)
}
