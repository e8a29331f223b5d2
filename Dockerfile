# Everything that is not Hugging Face Spaces: the same requirements, the CPU build of torch. Build with
#   docker build -t playground . && docker run -p 7860:7860 playground
# For a GPU machine add --build-arg TORCH_INDEX= and run with --gpus all. `docker stop -t 40` lets running texts end.
FROM python:3.12-slim
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV HOST=0.0.0.0 PORT=7860 PYTHONUNBUFFERED=1 GRADIO_ANALYTICS_ENABLED=False
WORKDIR /app
COPY requirements.txt .
RUN if [ -n "$TORCH_INDEX" ]; then pip install --no-cache-dir "torch>=2.8,<2.14" --index-url "$TORCH_INDEX"; fi \
    && pip install --no-cache-dir -r requirements.txt
COPY app.py LICENSE README.md TEACHERS*.md ./
COPY assets assets
COPY playground playground
RUN useradd --create-home visitor
USER visitor
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=10s --start-period=90s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/health')"]
CMD ["python", "app.py"]
