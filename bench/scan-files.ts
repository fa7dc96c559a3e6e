/** A repository of services for the scan to read, as large as asked for; no two of them want one port. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** How much is written. */
export interface MonorepoSize {
  /** In all; what the services do not need is source text. */
  readonly files: number
  /** Each has eight files that say something about ports. */
  readonly services: number
}

/** Writes it. @returns its folder */
export function writeMonorepo(folder: string, { files, services }: MonorepoSize): string {
  let written = 0
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
    written += 1
  }
  for (let service = 0; service < services; service += 1) {
    for (const [path, text] of Object.entries(filesOfService(service))) {
      write(`services/s${service}/${path}`, text)
    }
  }
  const rest = files - written
  for (let file = 0; file < rest; file += 1) {
    write(`services/s${file % services}/src/part-${file}.ts`, `export const part = ${file}\n`)
  }
  return folder
}

function filesOfService(service: number): Readonly<Record<string, string>> {
  const port = 12_000 + service * 10
  return {
    'compose.yaml': `services:
  api:
    build: .
    ports: ["\${API_PORT:-${port}}:3000"]
    environment: { DATABASE_URL: "postgres://shop@db:5432/shop" }
  db:
    image: postgres:17
    ports: ["127.0.0.1:${port + 1}:5432"]
`,
    Dockerfile: `FROM node:24\nENV PORT=3000\nEXPOSE $PORT\nCMD ["node", "server.js"]\n`,
    'package.json': `{ "name": "s${service}", "scripts": { "dev": "vite --port ${port + 2}", "test": "node --test" } }\n`,
    '.env': `PORT=${port}\nAPI_URL=http://localhost:${port}\n`,
    'nginx.conf': `events {}\nhttp {\n  server {\n    listen ${port + 3};\n    location / { proxy_pass http://127.0.0.1:${port}; }\n  }\n}\n`,
    'k8s/deployment.yaml': deploymentOf(service, port),
    '.devcontainer/devcontainer.json': `{ "image": "node:24", "forwardPorts": [${port}] }\n`,
    Procfile: `web: node server.js --port ${port + 5}\n`,
  }
}

function deploymentOf(service: number, port: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: s${service} }
spec:
  replicas: 2
  selector: { matchLabels: { app: s${service} } }
  template:
    metadata: { labels: { app: s${service} } }
    spec:
      containers:
        - name: api
          image: example/s${service}
          ports:
            - { name: http, containerPort: 3000 }
            - { name: metrics, containerPort: 9090, hostPort: ${port + 4} }
---
apiVersion: v1
kind: Service
metadata: { name: s${service} }
spec:
  selector: { app: s${service} }
  ports:
    - { name: http, port: 80, targetPort: http }
`
}
