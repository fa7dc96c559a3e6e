import { freePort } from './ports'
export default defineNuxtConfig({ devServer: { port: await freePort(3200) } })
