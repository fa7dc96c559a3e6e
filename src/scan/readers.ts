/** Every reader of a format. A file is given to each that takes its name; what none takes is not opened. */

import { caddyJsonReader } from './caddy/read-caddy-json.ts'
import { caddyfileReader } from './caddy/read-caddyfile.ts'
import { composeReader } from './compose/read-compose.ts'
import { devcontainerReader } from './devcontainer/read-devcontainer.ts'
import { dockerfileReader } from './dockerfile/read-dockerfile.ts'
import { dotenvReader } from './dotenv/read-dotenv.ts'
import { launchReader } from './editor/read-launch.ts'
import { tasksReader } from './editor/read-tasks.ts'
import { envoyReader } from './envoy/read-envoy.ts'
import type { FormatReader } from './found/folder.ts'
import { haproxyReader } from './haproxy/read-haproxy.ts'
import { templateReader } from './helm/read-template.ts'
import { valuesReader } from './helm/read-values.ts'
import { manifestReader } from './kubernetes/read-manifests.ts'
import { nginxReader } from './nginx/read-nginx.ts'
import { packageReader } from './package-json/read-package.ts'
import { clusterFilesReader } from './placement/cluster-files.ts'
import { composedFilesReader } from './placement/composed-files.ts'
import { copiedFilesReader } from './placement/copied-files.ts'
import { procfileReader } from './procfile/read-procfile.ts'
import { prometheusReader } from './prometheus/read-prometheus.ts'
import { configScriptReader } from './script/read-config-script.ts'
import { playwrightReader } from './script/read-playwright.ts'
import { serviceReader } from './systemd/read-service.ts'
import { socketReader } from './systemd/read-socket.ts'
import { workflowReader } from './workflow/read-workflow.ts'

/** In no order: what they find is sorted by its place. */
export const READERS: readonly FormatReader[] = [
  composeReader,
  nginxReader,
  haproxyReader,
  clusterFilesReader,
  copiedFilesReader,
  caddyJsonReader,
  caddyfileReader,
  manifestReader,
  templateReader,
  valuesReader,
  dockerfileReader,
  packageReader,
  procfileReader,
  dotenvReader,
  configScriptReader,
  playwrightReader,
  socketReader,
  serviceReader,
  devcontainerReader,
  launchReader,
  workflowReader,
  prometheusReader,
  envoyReader,
  tasksReader,
  composedFilesReader,
]
