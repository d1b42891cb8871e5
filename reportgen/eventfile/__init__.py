"""TensorBoard's event files, read and written without TensorBoard.

`framing` is the file of records, `wire` the messages in them, `events` what a message says, `writing` the way back. The
formats are documented in TensorFlow's `tfrecord` guide and in the protocol buffers `event.proto`, `summary.proto` and
`tensor.proto`; tests hold both directions to the tensorboard package.
"""
