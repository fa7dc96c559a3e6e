enum Ports { Site = 4400 }
function settings(port: number) {
  return { port }
}
export default defineConfig({ server: settings(Ports.Site) })
