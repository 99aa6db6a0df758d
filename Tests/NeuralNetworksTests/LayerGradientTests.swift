import NeuralNetworks
import Tensors
import Testing
