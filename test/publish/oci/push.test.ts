import { expect, test } from 'vitest'
import { run } from '../../../core/base/process/run.ts'
import { writeLayer } from '../../../core/publish/oci/layer.ts'
import { writeLayout } from '../../../core/publish/oci/layout.ts'
import { pushImage } from '../../../core/publish/oci/push.ts'
import { image, scratch } from './help.ts'

/** An image of one layer, and what skopeo is asked about it. */
const world = async (redistributable?: false) => {
  const directory = scratch()
  const layer = await writeLayer([{ path: 'a', content: 'a' }], { role: 'disk', directory, run })
  const marked = { ...layer, ...(redistributable === false && { redistributable }) }
  const layout = await writeLayout(directory, image, ['router:v1'], [marked])
  const asked: string[][] = []
  const push = (redistribute?: boolean) =>
    pushImage(layout, '127.0.0.1:5000/labs/router:v1', {
      redistribute,
      env: { HOME: scratch() },
      run: async (argv) => {
        asked.push([...argv])
        return { code: 0, stdout: '', stderr: '' }
      },
    })
  return { layout, asked, push }
}

test("a vendor's bits are pushed by who says so, and by nobody else", async () => {
  const { layout, asked, push } = await world(false)
  expect(layout.layers.map(({ redistributable }) => redistributable)).toEqual([false])
  await expect(push()).rejects.toMatchObject({
    code: 'VENDOR_BITS',
    message: expect.stringContaining('"utility" has a vendor\'s disk in it'),
    details: { exitCode: 2 },
  })
  expect(asked).toEqual([])
  expect(await push(true)).toBe('127.0.0.1:5000/labs/router:v1')
  expect(asked).toHaveLength(1)
})

test('any other image is pushed', async () => {
  const { asked, push } = await world()
  await push()
  expect(asked[0]).toContain('docker://127.0.0.1:5000/labs/router:v1')
})
