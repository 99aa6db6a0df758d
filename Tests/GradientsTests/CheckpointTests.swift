import Foundation
import Gradients
import Synchronization
import Tensors
import Testing

@Suite("Checkpoints, custom gradients and threads")
struct CheckpointTests {
  static let cases: [GradientCase] = [
    GradientCase("checkpoint", [3]) { input in
      checkpoint { tanh(input[0] * input[0]) * exp(input[0]) }
    },
    GradientCase("checkpoint of a captured intermediate", [3], [3]) { input in
      let middle = sin(input[0])
      return checkpoint { middle * input[1] * middle } * input[0]
    },
    GradientCase("checkpoint within checkpoint", [3]) { input in
      checkpoint {
        let middle = square(input[0])
        return checkpoint { sin(middle) * input[0] } * middle
      }
    },
    GradientCase("grad within checkpoint", [3]) { input in
      checkpoint {
        grad { (y: Tensor<Double>) in (y * y * y * input[0]).sum() }(input[0])
      }
    },
    GradientCase("custom gradient", [3], [3]) { input in
      customGradient(of: input) { input in
        (sin(input[0]) * input[1], { [$0 * cos(input[0]) * input[1], $0 * sin(input[0])] })
      }
    },
  ]

  @Test("agree with differences", arguments: cases)
  func differences(_ example: GradientCase) { example.check() }

  @Test("use the gradient they are given")
  func straightThrough() {
    let slope = grad { (x: Tensor<Double>) in
      (customGradient(of: x) { (round($0), { $0 }) } * x).sum()
    }
    expectEqual(slope(Tensor([1.25, 2.5])), [2.25, 4.5])
  }

  @Test("run the body twice, with the same random numbers")
  func twice() {
    let runs = Mutex(0)
    let stream = RandomStream(seed: 3)
    let before = stream.state
    let (value, gradient) = valueAndGrad { (x: Tensor<Double>) in
      checkpoint {
        runs.withLock { $0 += 1 }
        var random = stream.next()
        let noise: Tensor<Double> = random.normal(shape: [3])
        return (x * noise).sum()
      }
    }(Tensor([1, 1, 1]))
    #expect(runs.withLock { $0 } == 2)
    #expect(Swift.abs(gradient.sum().item() - value.item()) < 1e-12)
    var replayed = RandomStream(before).next()
    expectEqual(gradient, replayed.normal(shape: [3]))
  }

  @Test("differentiate on several threads at once, with inputs they share")
  func threads() async {
    let shared = Tensor<Double>.randomNormal(shape: [50], seed: 1)
    let outer = grad { (w: Tensor<Double>) in
      let total = Mutex(Tensor<Double>(0))
      DispatchQueue.concurrentPerform(iterations: 8) { number in
        var part = Tensor<Double>(0)
        for _ in 0..<50 {
          let slope = grad { (x: Tensor<Double>) in (sin(x) * w * Double(number)).sum() }(shared)
          part += slope.sum()
        }
        total.withLock { $0 += part }
      }
      return total.withLock { $0 }
    }
    let found = outer(Tensor.ones(shape: [50]))
    let expected = cos(shared) * (50 * 28)
    #expect(abs(found - expected).max().item() < 1e-9)
  }
}
