// These tests mostly wait for processes to start, time to pass and answers to come; more of them at a time than there are cores keep the cores busy.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
