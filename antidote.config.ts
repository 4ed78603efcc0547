import { defineImage } from 'antidote'
import { utility } from 'antidote/presets'

export default defineImage({
  name: 'utility',
  description: 'A Linux shell with network automation tools',
  use: [utility()],
  test: 'test/utility.sh',
  machine: { memory: '512M', cpus: 1 },
})
