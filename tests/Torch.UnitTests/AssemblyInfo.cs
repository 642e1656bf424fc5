// Tests count the live tensors of the process and set its seed: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
