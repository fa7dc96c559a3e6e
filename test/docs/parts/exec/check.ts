/** Asks for the reports: 75 while nobody answers, 4 when the token is wrong. */
const [url = ''] = process.argv.slice(2)
const headers = { authorization: `Bearer ${process.env['TOKEN']}` }
try {
  const response = await fetch(url, { headers })
  if (response.status === 401) process.exitCode = 4
  console.log(await response.text())
} catch (error) {
  console.error(String(error))
  process.exitCode = 75
}
