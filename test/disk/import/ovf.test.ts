import { expect, test } from 'vitest'
import { manifestSums, ovfDisks } from '../../../core/disk/import/ovf.ts'

test('the disks of a descriptor, with the files that hold them', () => {
  expect(
    ovfDisks(`<?xml version="1.0" encoding="UTF-8"?>
<!-- <Disk ovf:diskId="commented" ovf:fileRef="file1"/> -->
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>
    <File ovf:href="router &amp; more.vmdk" ovf:id="file1" ovf:size="123"/>
    <File ovf:id='file2' ovf:href='parts.vmdk' ovf:chunkSize='1000'></File>
  </References>
  <DiskSection>
    <Info>Virtual disks</Info>
    <Disk ovf:capacity="8" ovf:diskId="vmdisk1"
          ovf:fileRef="file1" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
    <ovf:Disk ovf:diskId="empty" ovf:capacity="10"/>
    <Disk ovf:diskId="cut" ovf:fileRef="file2"/>
  </DiskSection>
</Envelope>`),
  ).toEqual([
    { id: 'vmdisk1', file: 'router & more.vmdk', chunked: false },
    { id: 'empty', file: undefined, chunked: false },
    { id: 'cut', file: 'parts.vmdk', chunked: true },
  ])
  expect(ovfDisks('not XML')).toEqual([])
})

test('the sums of a manifest', () => {
  const [a, b] = ['a'.repeat(40), 'B'.repeat(64)]
  expect(manifestSums(`SHA1(a.ovf)= ${a}\r\nSHA256 (disk 1.vmdk) = ${b}\nMD5(x)= 00\nnonsense\n`)).toEqual([
    { algorithm: 'sha1', file: 'a.ovf', sum: a },
    { algorithm: 'sha256', file: 'disk 1.vmdk', sum: b.toLowerCase() },
  ])
})
