/** Charts are guessed at, and never taken for the YAML that they are not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn } from '../../../test/support/scan-text.ts'
import { manifestReader } from '../kubernetes/read-manifests.ts'
import { neutralize } from './neutralize.ts'
import { templateReader } from './read-template.ts'
import { valuesReader } from './read-values.ts'

const TEMPLATE = `{{- /* a }} comment */ -}}
{{- if .Values.enabled }}
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: {{ include "a.name" . }}
  labels: {{- include "a.labels" . | nindent 4 }}
spec:
  template:
    spec:
      hostNetwork: {{ .Values.hostNetwork }}
      containers:
        - name: "{{ .Chart.Name }}"
          ports:
            {{- range .Values.ports }}
            - containerPort: {{ . }}
              hostPort: {{ . }}
            {{- end }}
            - containerPort: 9100
              hostPort: 9100
{{- end }}
---
apiVersion: v1
kind: Service
spec:
  ports:
    - port: 80
      nodePort: {{ .Values.a }}{{ .Values.b }}
    - port: 81
      nodePort: 300{{ .Values.b }}
    - port: 82
      nodePort: 30082
`

test('only numbers that stand in a template are told, at their places and as guesses', () => {
  const files = { 'c/Chart.yaml': '', 'c/templates/a.yaml': TEMPLATE }
  assert.deepEqual(claimsIn(templateReader, files), [
    'c/templates/a.yaml:20 9100 heuristic node',
    'c/templates/a.yaml:32 30082 heuristic cluster',
  ])
  assert.deepEqual(claimsIn(manifestReader, files), [])
})

test('a folder of templates without a chart holds manifests, such as a chart was rendered to', () => {
  const text = 'apiVersion: v1\nkind: Service\nspec: { ports: [{ port: 80, nodePort: 30080 }] }\n'
  const files = { 'out/c/templates/a.yaml': text }
  assert.deepEqual(claimsIn(templateReader, files), [])
  assert.deepEqual(claimsIn(manifestReader, files), ['out/c/templates/a.yaml:3 30080 cluster'])
})

test('a template without its actions is as long as it was', () => {
  const texts = ['{{', 'a: {{ b', '{{/*', '{{ "}}" }}', '{{\n}}a', '}}{{', TEMPLATE]
  for (const text of texts) assert.equal(neutralize(text).length, text.length)
})

test('values are guessed at by their keys, unless they are switched off', () => {
  const values = `service:
  type: NodePort
  nodePort: 30080
  nodePorts: { http: 30081, https: "", dnsUdp: 30053 }
internal: { type: ClusterIP, nodePort: 30082 }
controller:
  hostPort: { enabled: false, ports: { http: 80 } }
agent:
  hostPort: { enabled: true, ports: { http: 8080 } }
off: { enabled: false, hostPort: 81 }
containerPort: 8080
`
  assert.deepEqual(claimsIn(valuesReader, { 'c/values.yaml': values }), [
    'c/values.yaml:3 30080 heuristic cluster',
    'c/values.yaml:4 30081 heuristic cluster',
    'c/values.yaml:4 30053/udp heuristic cluster',
    'c/values.yaml:9 8080 heuristic node',
  ])
})
