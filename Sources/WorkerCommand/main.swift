import CellWorker

Worker.main()
