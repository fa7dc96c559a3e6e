/** On which port the program of a well-known image listens when nobody says otherwise. */

const PORTS: Readonly<Record<string, number>> = {
  ...{ nginx: 80, httpd: 80, caddy: 80, traefik: 80, postgres: 5432, redis: 6379, valkey: 6379 },
  ...{ mysql: 3306, mariadb: 3306, mongo: 27_017, rabbitmq: 5672, nats: 4222, grafana: 3000 },
  ...{ prometheus: 9090, elasticsearch: 9200, minio: 9000, memcached: 11_211, jaeger: 16_686 },
}

/** The port; undefined for images that are not known. */
export function imagePort(image: string): number | undefined {
  const name = (image.split('/').at(-1) ?? '').replace(/[:@].*$/, '')
  return Object.hasOwn(PORTS, name) ? PORTS[name] : undefined
}
