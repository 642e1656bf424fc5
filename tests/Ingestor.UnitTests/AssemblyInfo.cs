// These tests mostly wait for connections and answers; more of them at a time than there are cores keep the cores busy.
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
