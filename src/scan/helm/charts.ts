/** Where a folder has charts, and which of their files are templates. */
import type { Folder } from '../found/folder.ts'

/** The folder of the chart whose template a file is; undefined for every other file. */
export function chartOfTemplate(path: string, folder: Folder): string | undefined {
  const segments = path.split('/')
  for (let at = segments.length - 2; at >= 0; at -= 1) {
    if (segments[at] !== 'templates') continue
    const chart = segments.slice(0, at).join('/')
    if (isChart(chart, folder)) return chart
  }
  return undefined
}

/** Whether a file is a template, and so no YAML before somebody renders it. */
export function isChartTemplate(path: string, folder: Folder): boolean {
  return path.includes('templates/') && chartOfTemplate(path, folder) !== undefined
}

/** Whether a folder is that of a chart. */
function isChart(path: string, folder: Folder): boolean {
  return folder.has(path === '' ? 'Chart.yaml' : `${path}/Chart.yaml`)
}
