"""What queues are made of: links that send, disciplines that say what waits and what does not."""
