/** The contract that `rampart init` writes, with the comments a newcomer needs. */

/** A component that was found in a folder. */
export interface FoundComponent {
  readonly name: string
  readonly command: readonly string[]
  /** Whether it listens on a port that it is told by PORT. */
  readonly hasPort: boolean
  /** Where it was found, for people. */
  readonly from: string
}

/** The text of a contract for the components of a folder. */
export function sampleContract(name: string, components: readonly FoundComponent[]): string {
  return [
    'apiVersion: rampart/v1',
    'kind: Environment',
    `metadata: { name: ${name} }`,
    'spec:',
    '  components:',
    ...components.flatMap(componentLines),
    '',
  ].join('\n')
}

function componentLines(component: FoundComponent): readonly string[] {
  const { name, command, hasPort } = component
  const lines = [
    `    ${name}:`,
    '      run:',
    `        command: [${command.map(wordText).join(', ')}]`,
  ]
  if (hasPort) {
    lines.push(
      '        # A free port is found and handed over as PORT.',
      '        ports: { http: {} }',
    )
  }
  lines.push('      # What must be proved before others may rely on it.')
  if (hasPort) {
    const url = `http://\${self.host}:\${self.ports.http}/`
    lines.push('      ready:', `        - http: { url: "${url}", status: 200 }`)
  } else {
    lines.push('      ready:', '        - exit: running')
  }
  lines.push('      deadline: 20s')
  return lines
}

/** A word of a command in YAML; quoted unless it could be nothing but text. */
function wordText(word: string): string {
  return /^[a-z][a-z0-9_./-]*$/i.test(word) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(word)
    ? word
    : JSON.stringify(word)
}

/** A server for a folder that has none: small, and with a readiness worth asking. */
export const SAMPLE_PROGRAM = `import { createServer } from 'node:http'

const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ ok: true, path: request.url }) + '\\n')
})

server.listen(Number(process.env.PORT), '127.0.0.1', () => {
  console.log('listening on port', process.env.PORT)
})

process.on('SIGTERM', () => server.close(() => process.exit(0)))
`
